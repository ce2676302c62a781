module gatebox.test/pods

go 1.26.0

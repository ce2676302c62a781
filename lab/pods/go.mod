module gatebox.test/pods

go 1.22

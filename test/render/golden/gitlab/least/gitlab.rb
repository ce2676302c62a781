# GitLab, as the box's stack declares it. Made by Gatebox: changes by hand are lost.

# The box's web servers are the front door: they bring TLS, and come to Workhorse
external_url 'https://git.protobox/gitlab'
nginx['enable'] = false
letsencrypt['enable'] = false
gitlab_workhorse['listen_network'] = 'tcp'
gitlab_workhorse['listen_addr'] = '192.168.2.14:8181'
gitlab_rails['trusted_proxies'] = ['192.168.2.1', '192.168.2.2']
gitlab_rails['monitoring_whitelist'] = ['127.0.0.0/8', '::1/128', '192.168.2.14/32']

# The password of root, for the first start alone; it is kept in the stack, and shown nowhere
gitlab_rails['initial_root_password'] = File.read('/etc/gitlab/gatebox/root-password').chomp
gitlab_rails['store_initial_root_password'] = false
gitlab_rails['display_initial_root_password'] = false

# Where data is; nothing starts before its volume is there
high_availability['mountpoint'] = ['/storage/shared']
gitaly['configuration'] = { storage: [{ name: 'default', path: '/storage/shared/gitlab/data/repositories' }] }
gitlab_rails['shared_path'] = '/storage/shared/gitlab/data/shared'
gitlab_rails['uploads_directory'] = '/storage/shared/gitlab/data/uploads'
gitlab_ci['builds_directory'] = '/storage/shared/gitlab/data/builds'

# Backups, which gatebox-gitlab-backup.timer makes; older ones go when a new one is there
gitlab_rails['backup_path'] = '/storage/shared/gitlab/data/backups'
gitlab_rails['backup_archive_permissions'] = 0600
gitlab_rails['backup_keep_time'] = 604800

# It sends no mail
gitlab_rails['gitlab_email_enabled'] = false

# It serves no sites
gitlab_pages['enable'] = false

# It keeps no images
registry['enable'] = false
gitlab_rails['registry_enabled'] = false

# Programs of the package that the box has by itself, or has no way to
prometheus_monitoring['enable'] = false
gitlab_kas['enable'] = false

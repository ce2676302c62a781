# GitLab, as the box's stack declares it. Made by Gatebox: changes by hand are lost.

# The box's web servers are the front door: they bring TLS, and come to Workhorse
external_url 'https://git.protobox/gitlab'
nginx['enable'] = false
letsencrypt['enable'] = false
gitlab_workhorse['listen_network'] = 'tcp'
gitlab_workhorse['listen_addr'] = '192.168.2.14:8282'
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
gitlab_rails['backup_keep_time'] = 1209600

# Mail
gitlab_rails['smtp_enable'] = true
gitlab_rails['smtp_address'] = 'mail.site'
gitlab_rails['smtp_port'] = 465
gitlab_rails['smtp_user_name'] = 'git#{`id`}\'\\'
gitlab_rails['smtp_password'] = File.read('/etc/gitlab/gatebox/smtp-password').chomp
gitlab_rails['smtp_authentication'] = 'plain'
gitlab_rails['smtp_enable_starttls_auto'] = false
gitlab_rails['smtp_tls'] = true
gitlab_rails['smtp_openssl_verify_mode'] = 'peer'
gitlab_rails['gitlab_email_from'] = 'git@protobox.site'

# GitLab Pages: sites out of repositories, for the web servers too
pages_external_url 'https://pages.protobox'
pages_nginx['enable'] = false
gitlab_pages['listen_proxy'] = '192.168.2.14:8091'

# The box's registry, for the web servers, which lead /v2/ to it
registry_external_url 'https://registry.protobox'
registry_nginx['enable'] = false
registry['registry_http_addr'] = '192.168.2.14:5050'
gitlab_rails['registry_api_url'] = 'http://192.168.2.14:5050'
gitlab_rails['registry_path'] = '/storage/shared/gitlab/data/registry'

# Programs of the package that the box has by itself, or has no way to
prometheus_monitoring['enable'] = false
gitlab_kas['enable'] = false

/**
 * Settings that GitLab's package knows: names alone, as its documentation has them (the template of gitlab.rb that comes with the
 * package, and "Configuration options for Linux package installations", "SMTP settings", "Container registry administration",
 * "GitLab Pages administration" and "Back up GitLab" of docs.gitlab.com), of versions 16 to 18. What is not here is passed over by
 * GitLab in silence below a program, and is an error as a program's name.
 */

/** Settings that are called with a value. */
export const gitlabUrls: readonly string[] = ["external_url", "registry_external_url", "pages_external_url"];

/** Settings of programs. */
export const gitlabKeys: Readonly<Record<string, readonly string[]>> = {
  gitlab_rails: keys(`
    gitlab_ssh_host time_zone smtp_enable smtp_address smtp_port smtp_user_name smtp_password smtp_domain smtp_authentication
    smtp_enable_starttls_auto smtp_tls smtp_pool smtp_openssl_verify_mode smtp_ca_path smtp_ca_file gitlab_email_enabled
    gitlab_email_from gitlab_email_display_name gitlab_email_reply_to gitlab_email_subject_suffix trusted_proxies allowed_hosts
    monitoring_whitelist shutdown_blackout_seconds webhook_timeout graphql_timeout artifacts_enabled artifacts_path
    manage_backup_path backup_path backup_archive_permissions backup_pg_schema backup_keep_time backup_upload_connection
    backup_upload_remote_directory shared_path gitlab_shell_ssh_port gitlab_shell_git_timeout env dir log_directory
    uploads_directory initial_root_password store_initial_root_password display_initial_root_password
    initial_shared_runners_registration_token initial_license_file auto_migrate rake_cache_clear db_adapter db_host db_port
    redis_host redis_port registry_enabled registry_host registry_port registry_path registry_notification_secret
    registry_api_url registry_key_path registry_issuer pages_path packages_enabled packages_storage_path prometheus_address
    lfs_enabled lfs_storage_path
  `),
  gitlab_workhorse: keys(`
    enable ha listen_network listen_umask listen_addr auth_backend auth_socket pprof_listen_addr prometheus_listen_addr dir
    log_directory proxy_headers_timeout api_limit api_queue_limit api_queue_duration api_ci_long_polling_duration log_format env
  `),
  nginx: keys(`
    enable client_max_body_size redirect_http_to_https listen_addresses listen_port listen_https proxy_set_headers
    real_ip_trusted_addresses real_ip_header real_ip_recursive
  `),
  letsencrypt: keys("enable contact_emails auto_renew auto_renew_hour auto_renew_minute auto_renew_day_of_month"),
  gitaly: keys("enable dir log_directory env bin_path configuration"),
  gitlab_ci: keys("gitlab_ci_all_broken_builds gitlab_ci_add_pusher builds_directory"),
  high_availability: keys("mountpoint"),
  gitlab_pages: keys(`
    enable external_http external_https status_uri max_connections log_format log_verbose listen_proxy redirect_http use_http2 dir
    artifacts_server artifacts_server_url metrics_address access_control gitlab_server internal_gitlab_server headers env
    namespace_in_path
  `),
  pages_nginx: keys("enable listen_port listen_https redirect_http_to_https"),
  registry: keys(`
    enable username group uid gid dir registry_http_addr debug_addr log_directory env log_level log_formatter rootcertbundle
    health_storagedriver_enabled storage_delete_enabled validation_enabled autoredirect storage notifications
  `),
  registry_nginx: keys("enable listen_port listen_https proxy_set_headers redirect_http_to_https"),
  prometheus_monitoring: keys("enable"),
  gitlab_kas: keys("enable api_secret_key gitlab_address listen_address"),
};

function keys(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

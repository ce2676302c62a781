# Reads a gitlab.rb as GitLab's package does: the file is run, `external_url 'x'` and `gitlab_rails['key'] = x` are what it can say,
# and a program that is none of the package's is an error. Prints what it says as JSON.
require "json"

class Configuration
  URLS = %i[external_url registry_external_url pages_external_url].freeze
  PROGRAMS = %i[
    alertmanager gitaly gitlab_ci gitlab_kas gitlab_pages gitlab_rails gitlab_shell gitlab_workhorse high_availability letsencrypt
    nginx node_exporter pages_nginx postgresql prometheus prometheus_monitoring puma redis registry registry_nginx sidekiq
  ].freeze

  attr_reader :values

  def initialize
    @values = Hash.new { |all, name| all[name] = {} }
  end

  def method_missing(name, *given)
    return @values[name] = given.fetch(0) if URLS.include?(name) && given.length == 1
    return @values[name] if PROGRAMS.include?(name) && given.empty?

    abort "Reading unsupported config value #{name}."
  end

  def respond_to_missing?(*)
    true
  end
end

configuration = Configuration.new
configuration.instance_eval(File.read(ARGV.fetch(0)), ARGV.fetch(0))
abort "external_url is missing" unless configuration.values.key?(:external_url)
password = configuration.values[:gitlab_rails]["initial_root_password"].to_s
abort "initial_root_password: Length is too short, minimum is 8 characters" if password.length < 8
puts JSON.pretty_generate(configuration.values)

# Answers as GitLab does where a box asks: /-/readiness below the sub-path of external_url, to the host itself and to nobody else, and
# the registry's /v2/ with 401. No GitLab: a stand-in of the package's edge.
require "json"
require "socket"
require "uri"

# Its name as ss shows it.
File.write("/proc/self/comm", "gitlab-workhorse")

configuration = JSON.parse(File.read("/var/opt/gitlab/configuration.json"))
prefix = URI(configuration["external_url"]).path
allowed = configuration.dig("gitlab_rails", "monitoring_whitelist").map { |one| one.split("/").first }

def serve(place)
  host, _, port = place.rpartition(":")
  server = TCPServer.new(host, port.to_i)
  Thread.new do
    loop do
      Thread.new(server.accept) do |client|
        path = client.gets.to_s.split[1].to_s
        until ["\r\n", nil].include?(client.gets) do end
        status, text = yield path, client.peeraddr(false)[3]
        client.write "HTTP/1.1 #{status} \r\nContent-Length: #{text.bytesize}\r\nConnection: close\r\n\r\n#{text}"
        client.close
      rescue SystemCallError
        nil
      end
    end
  end
end

threads = [serve(configuration.dig("gitlab_workhorse", "listen_addr")) do |path, from|
  sick = File.exist?("/run/gitlab-stand-in.sick")
  if path.split("?").first != "#{prefix}/-/readiness" || !allowed.include?(from) then [404, "no"]
  elsif sick then [503, %({"status":"failed","gitaly_check":[{"status":"failed"}]})]
  else [200, %({"status":"ok"})]
  end
end]
registry = configuration.dig("registry", "registry_http_addr")
threads << serve(registry) { |path, _| path == "/v2/" ? [401, "{}"] : [404, "no"] } if registry
threads.each(&:join)

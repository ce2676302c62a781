# Prints one value of the configuration that was last read, by the way to it.
require "json"

way = ARGV.map { |step| step.match?(/\A\d+\z/) ? step.to_i : step }
puts JSON.parse(File.read("/var/opt/gitlab/configuration.json")).dig(*way)

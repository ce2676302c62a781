"""A wiki, exposed on a box that another stack has made."""

import pulumi
import pulumi_gatebox as gatebox

config = pulumi.Config()
protobox = pulumi.StackReference(config.require("box"))

wiki = gatebox.ExposedService(
    "wiki",
    box=protobox.get_output("box"),
    port=30170,
    namespace="wiki",
    target_port="8080",
    location="/wiki/",
    websocket=True,
)

pulumi.export("url", wiki.url)

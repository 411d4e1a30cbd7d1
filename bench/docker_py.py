"""Runs a script for each line of standard input, as Waldur's custom scripts do with docker-py.

A client for each call; the script lies in a directory of its own that is mounted; the engine's default network.
"""

import os
import shutil
import sys
import tempfile

import docker

SCRIPT = sys.argv[1]
IMAGE = sys.argv[2]

for line in sys.stdin:
    directory = tempfile.mkdtemp()
    with open(os.path.join(directory, "script"), "w") as file:
        file.write(SCRIPT)
    client = docker.DockerClient(base_url=os.environ["DOCKER_HOST"])
    output = client.containers.run(
        image=IMAGE,
        command=["sh", "script"],
        remove=True,
        working_dir="/work",
        environment={"RESOURCE_NAME": "bench"},
        volumes={directory: {"bind": "/work", "mode": "ro"}},
        stderr=True,
        mem_limit="512m",
    )
    shutil.rmtree(directory)
    print(output.decode().strip(), flush=True)

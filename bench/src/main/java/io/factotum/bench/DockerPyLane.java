package io.factotum.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** docker-py as Waldur calls it, in Python processes that live as long as the benchmark: one for each worker. */
final class DockerPyLane implements Lane {

    private static final String PYTHON = "/usr/bin/python3";

    private final List<String> command;
    private final Queue<Worker> idle = new ConcurrentLinkedQueue<>();

    private record Worker(Process process, BufferedReader output) {}

    DockerPyLane(ContainerModel model, Path program) {
        command = List.of(PYTHON, "-u", program.toString(), Script.TEXT, model.image());
    }

    @Override
    public String name() {
        return "docker-py";
    }

    @Override
    public Lap run() throws Exception {
        Worker taken = idle.poll();
        Worker worker = taken == null ? start() : taken;
        long begin = System.nanoTime();
        OutputStream requests = worker.process().getOutputStream();
        requests.write('\n');
        requests.flush();
        String output = worker.output().readLine();
        double result = Lap.millisSince(begin);
        if (output == null) {
            throw new IllegalStateException(
                    "docker-py has failed, see above. It needs Debian's python3-docker, or leave the lane out.");
        }
        idle.add(worker);
        Script.check(name(), 0, output + "\n");
        return Lap.of(result, result);
    }

    private Worker start() throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "docker-py-shutdown"));
        return new Worker(
                process, new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
    }
}

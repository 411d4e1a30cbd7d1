package io.factotum.scripts.executor.kubernetes;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Really runs what a Pod says, in a container of the test engine, and keeps its log merged as a node does. */
final class DockerKubelet implements JobControllerDouble.Kubelet {

    private final ApiServerDouble api;
    private final Path directory;
    private final DockerClient docker;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, ContainerLog> logs = new ConcurrentHashMap<>();

    DockerKubelet(ApiServerDouble api, Path directory) {
        this.api = api;
        this.directory = directory;
        DefaultDockerClientConfig config =
                DefaultDockerClientConfig.createDefaultConfigBuilder().build();
        this.docker = DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .maxConnections(200)
                        .build());
    }

    @Override
    public void run(JsonObject pod) {
        String name = JobControllerDouble.name(pod);
        JsonObject spec = pod.getJsonObject("spec");
        String secret = spec.getJsonArray("volumes").stream()
                .map(JsonObject.class::cast)
                .filter(volume -> volume.containsKey("secret"))
                .map(volume -> volume.getJsonObject("secret").getString("secretName"))
                .findFirst()
                .orElseThrow();
        awaitSecret(name, spec, secret);
    }

    // A Pod waits for its Secret.
    private void awaitSecret(String name, JsonObject spec, String secret) {
        api.get("secrets", secret)
                .ifPresentOrElse(
                        it -> threads.execute(() -> runContainer(name, spec, it.getJsonObject("data"))),
                        () -> api.vertx().setTimer(500, t -> api.on(() -> awaitSecret(name, spec, secret))));
    }

    private void runContainer(String name, JsonObject spec, JsonObject secret) {
        try {
            Path files = Files.createDirectories(directory.resolve(name));
            for (String key : secret.fieldNames()) {
                Files.write(files.resolve(key), Base64.getDecoder().decode(secret.getString(key)));
            }
            Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path shell = Files.createDirectories(directory.resolve(name + "-shell"));
            Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxrwxrwx"));
            if (!runInitContainers(name, spec, files, shell)) {
                return;
            }
            JsonObject container = spec.getJsonArray("containers").getJsonObject(0);
            docker.createContainerCmd(container.getString("image"))
                    .withName(name)
                    .withEntrypoint(texts(container.getJsonArray("command")))
                    .withCmd(texts(container.getJsonArray("args")))
                    .withUser(String.valueOf(
                            container.getJsonObject("securityContext").getLong("runAsUser")))
                    .withWorkingDir(container.getString("workingDir"))
                    .withHostConfig(hostConfig(
                            container, files, new Bind(shell.toString(), new Volume(PodWrapper.SHELL), AccessMode.ro)))
                    .exec();
            ContainerLog log = new ContainerLog(files.resolve("..").resolve(name + ".log"));
            logs.put(name, log);
            api.logs.put(name, log);
            ResultCallback.Adapter<Frame> output = new ResultCallback.Adapter<>() {
                @Override
                public void onNext(Frame frame) {
                    log.write(frame.getPayload());
                }
            };
            docker.attachContainerCmd(name)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withFollowStream(true)
                    .exec(output)
                    .awaitStarted(10, TimeUnit.SECONDS);
            docker.startContainerCmd(name).exec();
            String startedAt = Instant.now().toString();
            status(name, "Running", new JsonObject().put("running", new JsonObject().put("startedAt", startedAt)));
            int code = docker.waitContainerCmd(name)
                    .exec(new WaitContainerResultCallback())
                    .awaitStatusCode();
            output.awaitCompletion(20, TimeUnit.SECONDS);
            log.end();
            boolean oom = Boolean.TRUE.equals(
                    docker.inspectContainerCmd(name).exec().getState().getOOMKilled());
            docker.removeContainerCmd(name).withForce(true).exec();
            status(
                    name,
                    code == 0 ? "Succeeded" : "Failed",
                    new JsonObject()
                            .put(
                                    "terminated",
                                    new JsonObject()
                                            .put("exitCode", code)
                                            .put("reason", oom ? "OOMKilled" : code == 0 ? "Completed" : "Error")
                                            .put("startedAt", startedAt)
                                            .put("finishedAt", Instant.now().toString())));
            api.on(() -> api.get("pods", name)
                    .filter(pod -> pod.getJsonObject("metadata").getString("deletionTimestamp") != null)
                    .ifPresent(pod -> api.delete("pods", name)));
        } catch (NotFoundException noImage) {
            String image = spec.getJsonArray("containers").getJsonObject(0).getString("image");
            status(
                    name,
                    "Pending",
                    new JsonObject()
                            .put(
                                    "waiting",
                                    new JsonObject()
                                            .put("reason", "ImagePullBackOff")
                                            .put("message", "Back-off pulling image \"" + image + "\"")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Each to its end, one after the other, as a node does; false if one has failed. */
    private boolean runInitContainers(String name, JsonObject spec, Path files, Path shell) {
        for (Object each : spec.getJsonArray("initContainers", new JsonArray())) {
            JsonObject container = (JsonObject) each;
            String id = docker.createContainerCmd(container.getString("image"))
                    .withEntrypoint(texts(container.getJsonArray("command")))
                    .withUser(String.valueOf(
                            container.getJsonObject("securityContext").getLong("runAsUser")))
                    .withHostConfig(hostConfig(
                            container, files, new Bind(shell.toString(), new Volume(PodWrapper.SHELL), AccessMode.rw)))
                    .exec()
                    .getId();
            docker.startContainerCmd(id).exec();
            int code = docker.waitContainerCmd(id)
                    .exec(new WaitContainerResultCallback())
                    .awaitStatusCode();
            docker.removeContainerCmd(id).withForce(true).exec();
            if (code != 0) {
                status(
                        name,
                        "Failed",
                        new JsonObject()
                                .put(
                                        "waiting",
                                        new JsonObject()
                                                .put("reason", "PodInitializing")
                                                .put("message", "init container ended with " + code)));
                return false;
            }
        }
        return true;
    }

    /** Makes an image that has that one file and nothing else. */
    void makeImage(String image, Path source, String target) throws IOException, InterruptedException {
        Path root = Files.createDirectories(directory.resolve("image"));
        Path file = root.resolve(target);
        Files.createDirectories(file.getParent());
        Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path tar = directory.resolve("image.tar");
        command("tar", "-C", root.toString(), "-cf", tar.toString(), ".");
        command("docker", "import", tar.toString(), image);
    }

    private static void command(String... words) throws IOException, InterruptedException {
        int code = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("%s ended with %d".formatted(List.of(words), code));
        }
    }

    private static HostConfig hostConfig(JsonObject container, Path files, Bind shell) {
        JsonObject security = container.getJsonObject("securityContext");
        long memory = Long.parseLong(
                container.getJsonObject("resources").getJsonObject("limits").getString("memory"));
        return HostConfig.newHostConfig()
                .withReadonlyRootfs(security.getBoolean("readOnlyRootFilesystem"))
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withNetworkMode("none")
                .withMemory(memory)
                .withMemorySwap(memory)
                .withTmpFs(Map.of("/work", "rw,exec,mode=777", "/tmp", "rw,exec,mode=1777"))
                .withBinds(new Bind(files.toString(), new Volume(PodWrapper.SECRET), AccessMode.ro), shell);
    }

    private void status(String name, String phase, JsonObject state) {
        api.on(() -> api.update(
                "pods",
                name,
                pod -> pod.put(
                        "status",
                        new JsonObject()
                                .put("phase", phase)
                                .put(
                                        "containerStatuses",
                                        new JsonArray()
                                                .add(new JsonObject()
                                                        .put("name", JobRecipe.CONTAINER)
                                                        .put("image", "")
                                                        .put("imageID", "")
                                                        .put("ready", false)
                                                        .put("restartCount", 0)
                                                        .put("state", state))))));
    }

    @Override
    public void end(JsonObject pod) {
        String name = JobControllerDouble.name(pod);
        int grace = pod.getJsonObject("spec").getInteger("terminationGracePeriodSeconds");
        if (!logs.containsKey(name)
                || !"Running".equals(pod.getJsonObject("status").getString("phase"))) {
            api.delete("pods", name);
            return;
        }
        threads.execute(() -> {
            try {
                docker.stopContainerCmd(name).withTimeout(grace).exec();
            } catch (RuntimeException gone) {
                // It has ended by itself meanwhile.
            }
        });
    }

    void close() throws IOException {
        threads.shutdownNow();
        docker.close();
    }

    private static List<String> texts(JsonArray array) {
        return array == null ? List.of() : array.stream().map(Object::toString).toList();
    }
}

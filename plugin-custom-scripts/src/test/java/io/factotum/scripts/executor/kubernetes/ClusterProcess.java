package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The double of a cluster in a process of its own, so that a host's memory can be measured apart from it. Each script says
 * {@code working} and goes on until {@code end} comes on standard input; {@code calls} asks what was requested.
 */
public final class ClusterProcess {

    private final ApiServerDouble api;
    private final Map<String, JsonObject> running = new LinkedHashMap<>();
    private final Map<String, List<HttpServerResponse>> followers = new LinkedHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger watches = new AtomicInteger();
    private final AtomicInteger lists = new AtomicInteger();

    private ClusterProcess(ApiServerDouble api) {
        this.api = api;
        api.keepsRequests = false;
        api.fault(this::count);
        ScriptedKubelet kubelet = new ScriptedKubelet(api);
        kubelet.fate = this::begin;
        new JobControllerDouble(api, kubelet);
        api.vertx().setPeriodic(5000, id -> api.on(api::compact));
    }

    public static void main(String[] args) throws Exception {
        ApiServerDouble api = ApiServerDouble.start();
        ClusterProcess cluster = new ClusterProcess(api);
        System.out.println(api.url());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("end")) {
                api.on(cluster::endNext);
            } else {
                System.out.println(cluster.calls + " " + cluster.watches + " " + cluster.lists + " "
                        + api.ask(() -> cluster.followers.values().stream()
                                        .mapToInt(List::size)
                                        .sum()
                                + " " + cluster.running.size()));
            }
        }
        System.exit(0);
    }

    private Optional<ApiServerDouble.Answer> count(ApiServerDouble.Request request) {
        if (request.query().contains("watch=true")) {
            watches.incrementAndGet();
        } else if (request.query().contains(JobRecipe.INSTALL_LABEL)) {
            lists.incrementAndGet();
        } else if (!request.path().endsWith("/events")) {
            // Events are asked for only where a Pod is long in coming, as on a machine that is busy with this test.
            calls.incrementAndGet();
        }
        return Optional.empty();
    }

    private void begin(ScriptedKubelet node, JsonObject pod) {
        String name = JobControllerDouble.name(pod);
        String mark = mark(pod);
        api.logs.put(name, (follow, response) -> {
            response.setChunked(true).write(mark + "B\nworking\n");
            if (follow && running.containsKey(name)) {
                followers.computeIfAbsent(name, it -> new ArrayList<>()).add(response);
            } else {
                response.end(running.containsKey(name) ? "" : end(mark));
            }
        });
        running.put(name, pod);
        node.running(pod);
    }

    // A few at a time, as scripts end.
    private void endNext() {
        List<JsonObject> some = running.values().stream().limit(50).toList();
        for (JsonObject pod : some) {
            String name = JobControllerDouble.name(pod);
            running.remove(name);
            followers.getOrDefault(name, List.of()).forEach(response -> response.end(end(mark(pod))));
            followers.remove(name);
            new ScriptedKubelet(api).ended(pod, 0, "Completed");
        }
        if (!some.isEmpty()) {
            api.vertx().setTimer(20, id -> api.on(this::endNext));
        }
    }

    private static String mark(JsonObject pod) {
        return PodWrapper.mark(UUID.fromString(
                pod.getJsonObject("metadata").getJsonObject("labels").getString(JobRecipe.RUN_LABEL)));
    }

    private static String end(String mark) {
        return "e30=\n" + mark + "X0\n";
    }
}

package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rights that deploy/kubernetes ships, and those that requests need; each as "verb resource". */
final class ShippedRights {

    private static final Pattern PATH =
            Pattern.compile("/(?:api/v1|apis/batch/v1)/namespaces/[^/]+/([a-z]+)(/[^/]+)?(/log)?");

    private ShippedRights() {}

    static Set<String> granted() throws IOException {
        Map<?, ?> role = Arrays.stream(Files.readString(Path.of("../deploy/kubernetes/rbac.yaml"))
                        .split("(?m)^---$"))
                .filter(document -> document.contains("kind: Role\n"))
                .map(document -> Serialization.unmarshal(document, Map.class))
                .findFirst()
                .orElseThrow();
        Set<String> granted = new TreeSet<>();
        for (Object rule : (List<?>) role.get("rules")) {
            for (Object resource : (List<?>) ((Map<?, ?>) rule).get("resources")) {
                for (Object verb : (List<?>) ((Map<?, ?>) rule).get("verbs")) {
                    granted.add(verb + " " + resource);
                }
            }
        }
        return granted;
    }

    static Set<String> used(List<ApiServerDouble.Request> requests) {
        Set<String> used = new TreeSet<>();
        requests.forEach(request -> used.add(right(request)));
        return used;
    }

    private static String right(ApiServerDouble.Request request) {
        Matcher path = PATH.matcher(request.path());
        if (!path.matches()) {
            return request.method() + " " + request.path();
        }
        boolean named = path.group(2) != null;
        String verb =
                switch (request.method()) {
                    case "POST" -> "create";
                    case "PATCH" -> "patch";
                    case "DELETE" -> named ? "delete" : "deletecollection";
                    case "GET" -> named ? "get" : request.query().contains("watch=true") ? "watch" : "list";
                    default -> request.method();
                };
        return verb + " " + path.group(1) + (path.group(3) == null ? "" : path.group(3));
    }
}

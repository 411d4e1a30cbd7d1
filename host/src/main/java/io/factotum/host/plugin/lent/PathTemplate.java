package io.factotum.host.plugin.lent;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The path of a route: words, and names in braces that take any one segment. */
record PathTemplate(List<String> segments) {

    private static final String PARAMETER = "\\{[A-Za-z][A-Za-z0-9_]{0,63}}";
    private static final String WORD = "[A-Za-z0-9._~-]+";

    /** @throws IllegalArgumentException if it is malformed */
    static PathTemplate parse(String path) {
        List<String> segments = path.equals("/")
                ? List.of()
                : path.startsWith("/") ? List.of(path.substring(1).split("/", -1)) : List.of("");
        Set<String> names = new HashSet<>();
        for (String segment : segments) {
            boolean parameter = segment.matches(PARAMETER);
            if (!parameter && !segment.matches(WORD) || parameter && !names.add(segment)) {
                throw new IllegalArgumentException(
                        "Cannot use path '%s' for a route. Expected segments of letters, digits and ._~-, or different names in braces, each after a slash: /items/{item}."
                                .formatted(path));
            }
        }
        return new PathTemplate(segments);
    }

    /** What stands in the place of each name, or null if the path is another. */
    @Nullable
    Map<String, String> match(List<String> path) {
        if (path.size() != segments.size()) {
            return null;
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < path.size(); i++) {
            if (isParameter(i)) {
                parameters.put(segments.get(i).substring(1, segments.get(i).length() - 1), path.get(i));
            } else if (!segments.get(i).equals(path.get(i))) {
                return null;
            }
        }
        return parameters;
    }

    /** Whether both take the same paths. */
    boolean isLike(PathTemplate other) {
        return shape().equals(other.shape());
    }

    /** Orders by where words stand, the earliest first: what is more exact wins. */
    String shape() {
        StringBuilder shape = new StringBuilder();
        for (int i = 0; i < segments.size(); i++) {
            // Sorts after every word.
            shape.append('/').append(isParameter(i) ? "\uffff" : segments.get(i));
        }
        return shape.toString();
    }

    private boolean isParameter(int index) {
        return segments.get(index).startsWith("{");
    }
}

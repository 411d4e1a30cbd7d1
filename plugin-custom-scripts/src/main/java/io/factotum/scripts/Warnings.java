package io.factotum.scripts;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Things to tell a person about one result: each once, and no more than a person would read. */
final class Warnings {

    private static final int MAX = 20;

    private final Set<String> shown = new LinkedHashSet<>();
    private int leftOut;

    void add(String warning) {
        if (shown.size() < MAX) {
            shown.add(warning);
        } else if (!shown.contains(warning)) {
            leftOut++;
        }
    }

    List<String> list() {
        List<String> list = new ArrayList<>(shown);
        if (leftOut > 0) {
            list.add("%d more warnings are left out.".formatted(leftOut));
        }
        return list;
    }
}

package io.factotum.host.plugin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Jars that were seen together, each behind those that its descriptor wants to come after. */
final class StartOrder {

    private final Map<String, List<StagedJar>> byId = new LinkedHashMap<>();
    private final Set<StagedJar> ordered = new LinkedHashSet<>();

    private StartOrder() {}

    /** Those that wait for each other in a ring are in the order in which they came. */
    static List<StagedJar> of(Collection<StagedJar> jars) {
        StartOrder order = new StartOrder();
        for (StagedJar jar : jars) {
            order.byId
                    .computeIfAbsent(jar.descriptor().id(), id -> new ArrayList<>())
                    .add(jar);
        }
        jars.forEach(jar -> order.visit(jar, new LinkedHashSet<>()));
        return List.copyOf(order.ordered);
    }

    private void visit(StagedJar jar, Set<StagedJar> onTheWay) {
        if (ordered.contains(jar) || !onTheWay.add(jar)) {
            return;
        }
        for (String before : jar.descriptor().after()) {
            byId.getOrDefault(before, List.of()).forEach(other -> visit(other, onTheWay));
        }
        ordered.add(jar);
    }
}

package io.factotum.host.plugin;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The threads in which a plugin's code runs at the moment. */
final class PluginThreads {

    private static final int SHOWN_THREADS = 3;
    private static final int SHOWN_FRAMES = 20;

    private final Map<Thread, StackTraceElement[]> stacks;

    private PluginThreads(Map<Thread, StackTraceElement[]> stacks) {
        this.stacks = stacks;
    }

    /** Those that the host has lent the plugin: of its pool, and of event loops. Its own are for the leak check. */
    static PluginThreads lentTo(String pool, String loaderName) {
        Map<Thread, StackTraceElement[]> found = new LinkedHashMap<>();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            String name = thread.getName();
            boolean lent = name.startsWith(pool + "-") || name.startsWith("vert.x-");
            if (lent && runs(stack, loaderName)) {
                found.put(thread, stack);
            }
        });
        return new PluginThreads(found);
    }

    static boolean runs(StackTraceElement[] stack, String loaderName) {
        return Arrays.stream(stack).anyMatch(frame -> loaderName.equals(frame.getClassLoaderName()));
    }

    boolean none() {
        return stacks.isEmpty();
    }

    /** Asks them to end: most of what waits can be woken that way. */
    void interrupt() {
        stacks.keySet().forEach(Thread::interrupt);
    }

    /** What they are doing, for a person. */
    String text() {
        return stacks.entrySet().stream()
                .limit(SHOWN_THREADS)
                .map(entry -> text(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("\n"));
    }

    static String text(Thread thread, StackTraceElement[] stack) {
        String frames = Arrays.stream(stack)
                .limit(SHOWN_FRAMES)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
        return "\"%s\" %s%s".formatted(thread.getName(), thread.getState(), frames);
    }
}

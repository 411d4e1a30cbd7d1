package io.factotum.host.plugin.leak;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Threads that hold a class loader: by their code, their context class loader, or a ThreadLocal. */
final class ThreadHolders {

    /** What makes ThreadLocals visible. */
    static final String OPENED = "--add-opens java.base/java.lang=ALL-UNNAMED";

    private static final int FRAMES = 5;

    private ThreadHolders() {}

    static List<String> of(ClassLoader loader) {
        List<String> found = new ArrayList<>();
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            Thread thread = entry.getKey();
            String name = "thread '" + thread.getName() + "'";
            if (runs(thread, entry.getValue(), loader)) {
                found.add("%s runs its code:%s".formatted(name, frames(entry.getValue())));
            } else if (thread.getContextClassLoader() == loader) {
                found.add("%s has it as context class loader:%s".formatted(name, frames(entry.getValue())));
            }
            addLocals(thread, name, loader, found);
        }
        return found;
    }

    /** Whether ThreadLocals can be looked at in this process. */
    static boolean seesLocals() {
        return Fields.read(new Thread(), "threadStatus") != null || Fields.read(new Thread(), "name") != null;
    }

    private static boolean runs(Thread thread, StackTraceElement[] stack, ClassLoader loader) {
        return Reach.isOf(thread, loader)
                || Reach.isOf(Fields.read(thread, "target"), loader)
                || (thread.getContextClassLoader() == loader
                        && Arrays.stream(stack).anyMatch(frame -> String.valueOf(loader.getName())
                                .equals(frame.getClassLoaderName())));
    }

    private static String frames(StackTraceElement[] stack) {
        StringBuilder text = new StringBuilder();
        Arrays.stream(stack).limit(FRAMES).forEach(frame -> text.append(" at ").append(frame));
        return text.toString();
    }

    private static void addLocals(Thread thread, String name, ClassLoader loader, List<String> found) {
        for (String field : List.of("threadLocals", "inheritableThreadLocals")) {
            Object table = Fields.read(Fields.read(thread, field), "table");
            for (int i = 0; table != null && i < Array.getLength(table); i++) {
                Object value = Fields.read(Array.get(table, i), "value");
                addLocal(value, name, loader, found);
            }
        }
        // Netty's own kind, on threads of Vert.x.
        Object values = Fields.read(Fields.read(thread, "threadLocalMap"), "indexedVariables");
        for (int i = 0; values != null && i < Array.getLength(values); i++) {
            addLocal(Array.get(values, i), name, loader, found);
        }
    }

    private static void addLocal(@Nullable Object value, String name, ClassLoader loader, List<String> found) {
        if (value != null && Reach.from(value, loader)) {
            found.add("ThreadLocal of %s with a value of %s"
                    .formatted(name, value.getClass().getName()));
        }
    }
}

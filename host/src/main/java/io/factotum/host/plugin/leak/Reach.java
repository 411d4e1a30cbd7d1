package io.factotum.host.plugin.leak;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Whether an object leads to a class loader within a few steps. Stops where the whole host would be reached. */
final class Reach {

    private static final int STEPS = 6;
    private static final int ELEMENTS = 1000;
    private static final int OBJECTS = 5000;

    private final ClassLoader loader;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Reach(ClassLoader loader) {
        this.loader = loader;
    }

    static boolean from(@Nullable Object object, ClassLoader loader) {
        return new Reach(loader).leads(object, STEPS);
    }

    /** Whether it is the loader, one of its classes, or of one of them. */
    static boolean isOf(@Nullable Object object, ClassLoader loader) {
        return object != null
                && (object == loader
                        || object.getClass().getClassLoader() == loader
                        || (object instanceof Class<?> type && type.getClassLoader() == loader));
    }

    private boolean leads(@Nullable Object object, int steps) {
        if (isOf(object, loader)) {
            return true;
        }
        if (object == null || steps == 0 || isTooFar(object) || seen.size() > OBJECTS || !seen.add(object)) {
            return false;
        }
        for (Object next : next(object)) {
            if (leads(next, steps - 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTooFar(Object object) {
        return object instanceof Vertx
                || object instanceof EventBus
                || object instanceof Thread
                || object instanceof ClassLoader
                || object instanceof Class<?>
                || object instanceof Executor
                || object instanceof Logger
                || object instanceof CharSequence
                || object instanceof Number;
    }

    private static List<Object> next(Object object) {
        List<Object> next = new ArrayList<>();
        try {
            if (object instanceof Object[]) {
                for (int i = 0; i < Math.min(ELEMENTS, Array.getLength(object)); i++) {
                    next.add(Array.get(object, i));
                }
            } else if (!object.getClass().isArray()
                    && object.getClass().getName().startsWith("java.")) {
                // The JDK's own are looked into through their front doors.
                addElements(object, next);
            } else {
                addFields(object, next);
            }
        } catch (RuntimeException changesMeanwhile) {
            return next;
        }
        return next;
    }

    private static void addElements(Object object, List<Object> next) {
        if (object instanceof Collection<?> collection) {
            collection.stream().limit(ELEMENTS).forEach(next::add);
        } else if (object instanceof Map<?, ?> map) {
            map.entrySet().stream().limit(ELEMENTS).forEach(entry -> {
                next.add(entry.getKey());
                next.add(entry.getValue());
            });
        } else if (object instanceof AtomicReference<?> reference) {
            next.add(reference.get());
        }
    }

    private static void addFields(Object object, List<Object> next) {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().startsWith("java.")) {
                return;
            }
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    next.add(Fields.read(field, object));
                }
            }
        }
    }
}

package io.factotum.host.plugin.leak;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/** Reads what has no other door. */
final class Fields {

    private Fields() {}

    /** Null if it cannot be read, or is not there in this version. */
    static @Nullable Object read(@Nullable Object object, String name) {
        if (object == null) {
            return null;
        }
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            try {
                return read(type.getDeclaredField(name), object);
            } catch (NoSuchFieldException further) {
                continue;
            }
        }
        return null;
    }

    static @Nullable Object read(Field field, Object object) {
        try {
            return field.trySetAccessible() ? field.get(object) : null;
        } catch (IllegalAccessException | RuntimeException closed) {
            return null;
        }
    }
}

package io.factotum.api.health;

/**
 * What a check has found.
 *
 * @param isUp whether it is well
 * @param message for a person; may be empty if it is
 */
public record HealthStatus(boolean isUp, String message) {

    /** It is well. */
    public static HealthStatus up() {
        return new HealthStatus(true, "");
    }

    /** It is well, and there is something to say. */
    public static HealthStatus up(String message) {
        return new HealthStatus(true, message);
    }

    /** It is not, and that is why. */
    public static HealthStatus down(String message) {
        return new HealthStatus(false, message);
    }
}

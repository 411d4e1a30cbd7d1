package io.factotum.api.admin;

import io.factotum.api.annotation.ImplementedByHost;

/**
 * The plugin's routes below {@code /api/v1/ext/<plugin id>}. The host asks for the administrator's token, limits the
 * body, calls the handler on the plugin's context, and forgets the routes when the plugin is unloaded. They answer as
 * soon as the plugin is active, and 503 while it is not.
 */
@ImplementedByHost
public interface AdminRoutes {

    /**
     * Adds a route. Any thread.
     *
     * @param method {@code GET}, {@code POST} and so on
     * @param path begins with a slash; a segment in braces takes any one segment: {@code /items/{item}}. Where two match,
     *     the one that has a word where the other has braces first is taken
     * @param handler answers its requests
     * @return this
     * @throws IllegalArgumentException if the method or the path is malformed, or there is such a route already
     */
    AdminRoutes route(String method, String path, AdminHandler handler);
}

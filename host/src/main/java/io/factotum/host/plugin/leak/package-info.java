/** Whether the classes of unloaded plugins are collected, and what holds those that are not. Knows nothing of plugins. */
@NullMarked
package io.factotum.host.plugin.leak;

import org.jspecify.annotations.NullMarked;

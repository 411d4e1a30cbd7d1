/** Tests of plugins in a real host: {@link io.factotum.testkit.PluginHarness} is all that a test needs. */
@NullMarked
package io.factotum.testkit;

import org.jspecify.annotations.NullMarked;

/** Scripts in Kubernetes: one Job a run, script and environment in a Secret that the Job owns. */
@NullMarked
package io.factotum.scripts.executor.kubernetes;

import org.jspecify.annotations.NullMarked;

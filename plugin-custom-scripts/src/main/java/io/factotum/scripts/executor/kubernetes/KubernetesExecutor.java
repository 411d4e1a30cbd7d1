package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.factotum.scripts.executor.EndedExecution;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.Leftover;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs each script in a Job of a Kubernetes cluster. */
public final class KubernetesExecutor implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesExecutor.class);
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");
    private static final long RETRY_MILLIS = 1000;

    private final Vertx vertx;
    private final KubernetesSettings settings;
    private final ClusterApi api;
    private final JobRecipe recipe;
    private final LogSlots slots;
    private final RunWatch watch;
    private volatile boolean closed;

    /** Talks to the cluster that the settings name, from the first call on. */
    public KubernetesExecutor(Vertx vertx, KubernetesSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
        this.api = new ClusterApi(new ApiClient(vertx, settings), settings.installId());
        this.recipe = new JobRecipe(settings);
        this.slots = new LogSlots(settings.followedLogs());
        this.watch = new RunWatch(vertx, api, settings.times().look());
    }

    /** Whether this host itself runs in a cluster, with a service account of its own. */
    public static boolean isInCluster() {
        return Files.isReadable(SERVICE_ACCOUNT);
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    @Override
    public String reference(RunTry runTry) {
        return JobRecipe.name(runTry);
    }

    @Override
    public Future<Void> check() {
        return Future.join(api.tryJobs().recover(cause -> Future.failedFuture(unavailable(cause))), warmUp())
                .mapEmpty();
    }

    // What a first Job costs in loading and compiling is spent here, and not on the plugin's context.
    private Future<Void> warmUp() {
        return api.warmUp(() -> {
            RunSpec.Limits limits = new RunSpec.Limits(1, 1 << 20, 1, "none");
            RunSpec none = new RunSpec(
                    RunTry.first(new UUID(0, 0)),
                    Map.of(),
                    "none",
                    List.of("sh"),
                    new byte[0],
                    Map.of(),
                    Map.of(),
                    limits,
                    "");
            api.http().serialized(recipe.job(none));
            api.http().serialized(recipe.secret(none, ScriptSecret.of(none), ""));
        });
    }

    @Override
    public Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink) {
        ScriptSecret secret;
        Job job;
        try {
            secret = ScriptSecret.of(spec);
            job = recipe.job(spec);
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        return api.createJob(job)
                .compose(
                        made -> handOver(spec, secret, made.uid(), permission)
                                .compose(
                                        v -> release(spec, made.uid(), permission, sink),
                                        KubernetesExecutor::notHandedOver),
                        cause -> notCreated(spec, permission, sink, cause));
    }

    /** The Job is there, suspended: on record as begun is only what can be found. Then it gets what it needs. */
    private Future<Void> handOver(RunSpec spec, ScriptSecret secret, String uid, Permission permission) {
        return permission
                .ask()
                .compose(v -> permission.unlessWithdrawn(deliver(spec, secret, uid)))
                .recover(cause -> Future.failedFuture(
                        isUnwanted(permission, cause) || ApiFault.isRefusal(cause) ? cause : unavailable(cause)));
    }

    private Future<Execution> release(RunSpec spec, String uid, Permission permission, OutputSink sink) {
        KubernetesRun run = run(spec, uid, permission, sink);
        run.release();
        return run.begun();
    }

    private static boolean isUnwanted(Permission permission, Throwable cause) {
        return permission.isRefused() || permission.withdrawn().result() == cause;
    }

    private Future<Void> deliver(RunSpec spec, ScriptSecret secret, String uid) {
        return api.createSecret(recipe.secret(spec, secret, uid))
                // Made by the call of another host, or by one of ours whose answer was lost.
                .recover(
                        cause -> ApiFault.status(cause) == 409 ? Future.succeededFuture() : Future.failedFuture(cause));
    }

    private static Future<Execution> notHandedOver(Throwable cause) {
        return ApiFault.isRefusal(cause)
                ? Future.succeededFuture(refused(ApiFault.words(cause)))
                : Future.failedFuture(cause);
    }

    private Future<Execution> notCreated(RunSpec spec, Permission permission, OutputSink sink, Throwable cause) {
        if (ApiFault.status(cause) == 409) {
            return adoptOrStart(spec, permission, sink);
        }
        return ApiFault.isRefusal(cause)
                ? Future.succeededFuture(refused(ApiFault.words(cause)))
                : Future.failedFuture(unavailable(cause));
    }

    private Future<Execution> adoptOrStart(RunSpec spec, Permission permission, OutputSink sink) {
        return adopt(spec, permission, sink).compose(found -> found.map(Future::succeededFuture)
                .orElseGet(() -> pause().compose(v -> start(spec, permission, sink))));
    }

    @Override
    public Future<Optional<Execution>> adopt(RunSpec spec, Permission permission, OutputSink sink) {
        return patiently(spec.runTry())
                .compose(found -> found.filter(job -> !job.deleting()).isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : adopt(found.get(), spec, permission, sink).map(Optional::of));
    }

    /** A cluster that is away tells nothing of what is there: it is asked until it answers. */
    private Future<Optional<JobSight>> patiently(RunTry runTry) {
        return api.find(reference(runTry)).recover(cause -> {
            if (closed || ApiFault.isRefusal(cause)) {
                return Future.failedFuture(cause);
            }
            LOG.warn("Cannot look for run={}, trying again: {}", runTry, ApiFault.words(cause));
            return pause().compose(v -> patiently(runTry));
        });
    }

    private Future<Execution> adopt(JobSight found, RunSpec spec, Permission permission, OutputSink sink) {
        return api.podsOf(spec.runTry()).compose(pods -> {
            boolean begun = pods.stream().anyMatch(PodSight::begun);
            LOG.info(
                    "Adopting run={} job={} begun={} finished={}",
                    spec.runTry(),
                    reference(spec.runTry()),
                    begun,
                    found.finished());
            return begun || found.finished()
                    ? permission.askToFollow().compose(v -> follow(found, spec, permission, sink))
                    : resume(found, spec, permission, sink);
        });
    }

    private Future<Execution> follow(JobSight found, RunSpec spec, Permission permission, OutputSink sink) {
        KubernetesRun run = run(spec, found.uid(), permission, sink);
        run.seen(found);
        // What has happened until the watch tells of this run, nobody tells but this.
        run.lookAtPods();
        return run.begun();
    }

    // Nothing runs of it yet. It may wait for its Secret or its release: both are asked for again.
    private Future<Execution> resume(JobSight found, RunSpec spec, Permission permission, OutputSink sink) {
        return handOver(spec, ScriptSecret.of(spec), found.uid(), permission)
                .compose(v -> releaseAgain(found, spec, permission, sink), cause -> {
                    if (ApiFault.isRefusal(cause)) {
                        return Future.succeededFuture(refused(ApiFault.words(cause)));
                    }
                    return isUnwanted(permission, cause)
                            ? takeAway(found, spec, permission, sink, cause)
                            : Future.failedFuture(cause);
                });
    }

    private Future<Execution> releaseAgain(JobSight found, RunSpec spec, Permission permission, OutputSink sink) {
        KubernetesRun run = run(spec, found.uid(), permission, sink);
        run.release();
        // What a Pod of an earlier release has told already, no watch tells again.
        run.lookAtPods();
        return run.begun();
    }

    // Who may still follow it is to see to it that it never begins.
    private Future<Execution> takeAway(
            JobSight found, RunSpec spec, Permission permission, OutputSink sink, Throwable unwanted) {
        return permission
                .askToFollow()
                .compose(
                        v -> {
                            KubernetesRun run = run(spec, found.uid(), permission, sink);
                            run.withdraw(unwanted);
                            return run.begun();
                        },
                        notEven -> Future.failedFuture(unwanted));
    }

    @Override
    public Future<Void> remove(RunTry runTry) {
        return api.delete(reference(runTry), null);
    }

    @Override
    public Future<List<Leftover>> list() {
        List<Leftover> all = new ArrayList<>();
        return api.jobs(job -> {
                    if (job.runTry() != null) {
                        all.add(new Leftover(job.runTry(), job.createdAt()));
                    }
                })
                .map(version -> List.copyOf(all));
    }

    @Override
    public Future<Void> close() {
        if (closed) {
            return Future.succeededFuture();
        }
        closed = true;
        Promise<Void> silent = Promise.promise();
        api.http().onContext(() -> {
            watch.runs().forEach(KubernetesRun::abandon);
            watch.close();
            silent.complete();
        });
        return silent.future().compose(v -> api.http().close());
    }

    private KubernetesRun run(RunSpec spec, String uid, Permission permission, OutputSink sink) {
        KubernetesRun run =
                new KubernetesRun(new RunTimers(vertx), api, settings.times(), slots, spec, uid, permission, sink);
        watch.add(run);
        run.begun().onFailure(cause -> watch.remove(run));
        return run;
    }

    private Future<Void> pause() {
        return vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS).mapEmpty();
    }

    private static Execution refused(String reason) {
        return new EndedExecution(PodExit.refused(PodExit.CLUSTER_FAULT_CODE, reason));
    }

    private NeverBegunException unavailable(Throwable cause) {
        return new NeverBegunException(
                NeverBegunException.ENGINE_UNAVAILABLE,
                "Cannot use the Kubernetes cluster " + api.http().description() + ": "
                        + ApiFault.words(cause)
                        + ". Name it in the plugin's configuration or by KUBECONFIG, and grant what deploy/kubernetes"
                        + " grants.",
                cause);
    }
}

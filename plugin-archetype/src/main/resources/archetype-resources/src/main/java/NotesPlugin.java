package ${package};

import io.factotum.api.Plugin;
import io.factotum.api.PluginContext;
import io.factotum.api.config.ConfigReader;
import io.vertx.core.Future;

/** Wiring only: reads the operator's configuration, and serves offerings whose type is this plugin's id. */
public final class NotesPlugin implements Plugin {

    @Override
    public Future<?> start(PluginContext context) {
        ConfigReader config = new ConfigReader(context.configName(), context.config());
        int longest = (int) config.number("longest-note", 1000, 1, 100_000, "How many characters a note may have.");
        config.finish();
        return context.serve(new NoteSettings(), new NoteHandler(context, longest));
    }
}

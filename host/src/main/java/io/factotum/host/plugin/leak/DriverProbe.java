package io.factotum.host.plugin.leak;

import java.sql.DriverManager;
import java.util.List;
import java.util.function.Supplier;

/** Defined once more inside a plugin's class loader: the driver manager shows drivers to their own loader alone. */
public final class DriverProbe implements Supplier<List<String>> {

    /** Made by reflection. */
    public DriverProbe() {}

    @Override
    public List<String> get() {
        return DriverManager.drivers()
                .filter(driver ->
                        driver.getClass().getClassLoader() == getClass().getClassLoader())
                .map(driver -> driver.getClass().getName())
                .toList();
    }
}

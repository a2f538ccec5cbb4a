// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.RunSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RunSettingsTest extends TrainedFolder {

  @Test
  void settingsAreWhatAPersonChose() throws Exception {
    RunSettings settings = settings(trained("--seed", 1));
    assertEquals("wave", value(settings, "data", "targets"));
    assertEquals("table.csv", value(settings, "data", "file"), "whatever folder it is in");
    assertEquals("gru", value(settings, "model", "cell"));
    assertEquals("10", value(settings, "training", "k2"));
    assertEquals("200", value(settings, "data", "rows"));
    assertEquals("no", value(settings, "model", "tied"));
    assertFalse(
        settings.settings().stream().anyMatch(one -> one.name().matches(".*(crc|mean|bytes).*")),
        settings::toString);
  }

  @Test
  void onlySettingsThatDifferAreDifferences() throws Exception {
    Path one = trained("--seed", 1);
    Path two = other();
    List<RunSettings.Difference> found =
        RunSettings.differences(List.of(settings(one), settings(two)));
    assertEquals(
        List.of("k2", "lr"),
        found.stream().map(RunSettings.Difference::name).toList(),
        found::toString);
    assertEquals(List.of("10", "20"), found.getFirst().values());
    assertEquals("0.0001", found.getLast().values().getLast());
  }

  @Test
  void aSettingThatOnlyOneRunHasIsADifference() throws Exception {
    RunSettings one = settings(trained("--seed", 1));
    RunSettings two = new RunSettings(one.settings().subList(1, one.settings().size()));
    List<RunSettings.Difference> found = RunSettings.differences(List.of(one, two));
    assertEquals(1, found.size());
    assertNull(found.getFirst().values().getLast());
    assertEquals(
        Arrays.asList(found.getFirst().values().getFirst(), null), found.getFirst().values());
  }

  @Test
  void whatIsCalledAlikeIsToldApartByThePartsAboveIt() {
    RunSettings settings =
        new RunSettings(
            List.of(
                new RunSettings.Setting("training", "rate.warm_up", "1"),
                new RunSettings.Setting("training", "free.warm_up", "2"),
                new RunSettings.Setting("model", "rate.warm_up", "3")));
    assertEquals(
        List.of("rate warm up", "free warm up", "warm up"),
        RunSettings.side(List.of(settings)).stream().map(RunSettings.Difference::name).toList());
  }

  @Test
  void nothingOfTheConfigurationThatAPersonReadsIsMissing() throws Exception {
    Path run = trained("--seed", 1);
    JsonObject training =
        new Gson()
            .fromJson(Files.readString(run.resolve("config.json")), JsonObject.class)
            .getAsJsonObject("training");
    RunSettings settings = settings(run);
    for (String name : training.getAsJsonObject("limit").keySet()) {
      assertNotNull(settings.value("training", "limit." + name), name);
    }
  }

  private Path trained(Object... more) {
    CommandRun.succeeds(train(more));
    return run;
  }

  private Path other() {
    Path two = folder.resolve("two");
    CommandRun.succeeds(TinyData.changed(train(), "--k2 20 --lr 0.0001 --out " + two));
    return two;
  }

  /** As a person finds it. */
  private static @Nullable String value(RunSettings settings, String group, String name) {
    return RunSettings.side(List.of(settings)).stream()
        .filter(row -> row.group().equals(group) && row.name().equals(name))
        .map(row -> row.values().getFirst())
        .findFirst()
        .orElse(null);
  }

  private static RunSettings settings(Path run) throws Exception {
    return RunSettings.of(RunFolder.open(run).readConfig());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.RunSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunSettingsTest extends TrainedFolder {

  @Test
  void settingsAreWhatAPersonChose() throws Exception {
    RunSettings settings = settings(trained("--seed", 1));
    assertEquals("wave", settings.value("data", "targets"));
    assertEquals("table.csv", settings.value("data", "file"), "whatever folder it is in");
    assertEquals("gru", settings.value("model", "cell"));
    assertEquals("10", settings.value("training", "sweep k2"));
    assertEquals("200", settings.value("data", "rows"));
    assertEquals("no", settings.value("model", "tied"));
    assertFalse(
        settings.settings().stream().anyMatch(one -> one.name().matches(".*(crc|mean|format).*")),
        settings::toString);
  }

  @Test
  void onlySettingsThatDifferAreDifferences() throws Exception {
    Path one = trained("--seed", 1);
    Path two = other();
    List<RunSettings.Difference> found =
        RunSettings.differences(List.of(settings(one), settings(two)));
    assertEquals(
        List.of("sweep k2", "rate lr"),
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
  void nothingOfTheConfigurationThatAPersonReadsIsMissing() throws Exception {
    Path run = trained("--seed", 1);
    JsonObject training =
        new Gson()
            .fromJson(Files.readString(run.resolve("config.json")), JsonObject.class)
            .getAsJsonObject("training");
    RunSettings settings = settings(run);
    for (String name : training.getAsJsonObject("limit").keySet()) {
      String words = "limit " + name.replace('_', ' ');
      assertFalse(settings.value("training", words) == null, words);
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

  private static RunSettings settings(Path run) throws Exception {
    return RunSettings.of(RunFolder.open(run).readConfig());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.WeightPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JsonTest {
  @TempDir Path folder;

  record Thing(int weightDecay, WeightPolicy policy, @Nullable Double nothing) {}

  @Test
  void namesHaveUnderscoresAndConstantsLabels() {
    assertEquals(
        "{\"weight_decay\":3,\"policy\":\"as-applied\"}",
        Json.line(new Thing(3, WeightPolicy.AS_APPLIED, null)));
  }

  @Test
  void aFileIsReplacedAsAWhole() throws IOException {
    Path file = folder.resolve("thing.json");
    Json.write(file, new Thing(1, WeightPolicy.REPLAY, 2.5));
    Json.write(file, new Thing(2, WeightPolicy.CURRENT, null));
    assertEquals(new Thing(2, WeightPolicy.CURRENT, null), Json.read(file, Thing.class));
    assertFalse(Files.exists(folder.resolve("thing.json.tmp")));
  }

  @Test
  void damageIsNamed() throws IOException {
    Path file = folder.resolve("thing.json");
    for (String damaged : new String[] {"", "{", "[]", "{\"policy\": \"none\"}"}) {
      Files.writeString(file, damaged);
      String message =
          String.valueOf(
              assertThrows(IOException.class, () -> Json.read(file, Thing.class)).getMessage());
      assertTrue(message.contains("thing.json is damaged"), message);
      assertEquals(1, message.lines().count(), message);
    }
  }
}

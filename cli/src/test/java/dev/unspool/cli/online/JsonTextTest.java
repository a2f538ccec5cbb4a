// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.gson.JsonParser;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Records in JSON, whole and damaged, beside another reader of it. */
final class JsonTextTest {
  private static final StreamColumns COLUMNS =
      new StreamColumns(List.of("a"), List.of("b \"é"), "k", List.of());

  private static final String WHOLE =
      "{\"k\":\"h\\u00e9 \\ud834\\udd1e\\n\",\"b \\\"\\u00e9\":-1.5e-3,\"x\":[{\"y\":[]},true,null,\"\"],\"a\":12}";

  @Test
  void itSaysWhatAnotherReaderSays() {
    var record = new Observation(COLUMNS);
    byte[] text = WHOLE.getBytes(UTF_8);
    assertNull(new JsonForm(COLUMNS).read(text, 0, text.length, record));
    var other = JsonParser.parseString(WHOLE).getAsJsonObject();
    assertEquals(other.get("k").getAsString(), record.key);
    assertEquals(12, record.numbers[0]);
    assertEquals(-1.5e-3, record.numbers[1]);
  }

  /** What is refused by one of us and not by the other would be a surprise somewhere. */
  @Test
  void damagedOnesAreRefusedAndNothingElse() {
    long seed = Long.getLong("unspool.seed", new Random().nextLong(1_000_000));
    System.out.println("JsonTextTest: -Dunspool.seed=" + seed);
    var random = new Random(seed);
    var form = new JsonForm(COLUMNS);
    String letters = "{}[]\":,0123456789.eE+-truefalsn\\ux ";
    for (int i = 0; i < 30_000; i++) {
      var damaged = new StringBuilder(WHOLE);
      for (int change = random.nextInt(3); change >= 0; change--) {
        int at = random.nextInt(Math.max(1, damaged.length() - 1));
        switch (random.nextInt(3)) {
          case 0 -> damaged.deleteCharAt(at);
          case 1 -> damaged.insert(at, letters.charAt(random.nextInt(letters.length())));
          default -> damaged.setLength(at + 2);
        }
      }
      byte[] text = damaged.toString().getBytes(UTF_8);
      var record = new Observation(COLUMNS);
      String problem = form.read(text, 0, text.length, record);
      if (problem == null) {
        assertNotNull(record.key, "seed " + seed);
        var _ = JsonParser.parseString(damaged.toString()); // throws if it is none
      }
    }
  }

  @Test
  void whatIsDeepIsRefusedAndNotFollowed() {
    String deep = "{\"k\":\"h\",\"x\":" + "[".repeat(100_000);
    byte[] text = deep.getBytes(UTF_8);
    String problem = new JsonForm(COLUMNS).read(text, 0, text.length, new Observation(COLUMNS));
    assertEquals("no JSON at byte 78, expected at most 64 levels", problem);
  }
}

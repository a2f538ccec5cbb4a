// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordsTest {
  record Inner(String name, List<Double> numbers) {}

  record Outer(
      int count,
      long large,
      double number,
      boolean truth,
      Fill fill,
      List<Inner> inners,
      @Nullable Inner one,
      @Nullable Integer perhaps) {
    Outer {
      if (count < 0) {
        throw new IllegalArgumentException("count is " + count);
      }
    }
  }

  private static Outer read(String json) {
    return Records.read(Outer.class, Json.parse(json));
  }

  @Test
  void aRecordIsReadBack() {
    var outer =
        new Outer(
            3,
            1L << 50,
            Double.NEGATIVE_INFINITY,
            true,
            Fill.LINEAR,
            List.of(new Inner("a", List.of(0.1, 2.0)), new Inner("b", List.of())),
            new Inner("c", List.of(Double.NaN)),
            null);
    assertEquals(outer, read(Json.write(Records.write(outer))));
    String least =
        "{\"count\": 1, \"large\": 2, \"number\": 3, \"truth\": false, \"fill\": \"none\"}";
    assertEquals(new Outer(1, 2, 3, false, Fill.NONE, List.of(), null, null), read(least));
    assertEquals(least, Json.write(Records.write(read(least))).strip());
  }

  @Test
  void whatDoesNotFitIsNamed() {
    String rest = ", \"large\": 2, \"number\": 3, \"truth\": false, \"fill\": \"last\"";
    assertMessage("Outer.count is missing", "{\"large\": 1}");
    assertMessage("Outer.count is 1.5, expected an integer", "{\"count\": 1.5" + rest + "}");
    assertMessage("Outer: count is -1", "{\"count\": -1" + rest + "}");
    assertMessage(
        "Outer.number is \"three\", expected a number",
        "{\"count\": 1, \"large\": 1, \"number\": \"three\"}");
    assertMessage("Outer.more is nothing that this version knows", "{\"count\": 1, \"more\": 2}");
    assertMessage(
        "Outer.inners[1].name is 7, expected String",
        "{\"count\": 1" + rest + ", \"inners\": [{\"name\": \"a\"}, {\"name\": 7}]}");
    assertMessage(
        "Outer.inners is {}, expected an array", "{\"count\": 1" + rest + ", \"inners\": {}}");
    assertMessage(
        "Outer.fill is \"most\", expected one of [none, last, linear, zero]",
        "{\"count\": 1, \"large\": 1, \"number\": 1, \"truth\": true, \"fill\": \"most\"}");
    assertMessage("Outer is [], expected an object", "[]");
  }

  private static void assertMessage(String message, String json) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, () -> read(json)).getMessage());
  }
}

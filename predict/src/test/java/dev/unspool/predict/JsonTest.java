// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void whatIsWrittenIsReadBack() {
    var members = new LinkedHashMap<String, @Nullable Object>();
    members.put("numbers", Arrays.asList(0.0, -0.0, 1.5, -3.0, 1e300, 4.9e-324, 0.1 + 0.2));
    members.put("text", "a \"quoted\" \\ line\nand °C, \u0001");
    members.put("nothing", null);
    members.put("truth", Arrays.asList(true, false));
    members.put("long", "x".repeat(200));
    members.put("empty", List.of());
    members.put("inner", Map.of("a", List.of(Map.of(), "b")));
    String text = Json.write(members);
    assertEquals(members, Json.parse(text));
    assertEquals(members, Json.parse(Json.line(members)));
    assertEquals(text, Json.write(Json.parse(text)));
  }

  @Test
  void otherPeoplesJsonIsRead() {
    assertEquals(
        Map.of("a", List.of(1.0, -0.25, 1e5), "b", "é/\t😀"),
        Json.parse(" {\"a\" : [ 1 ,-0.25,1E+5 ],\r\n\t\"b\":\"\\u00e9\\/\\t\\ud83d\\ude00\"} "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1,",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":1,}",
        "nul",
        "01",
        "1.",
        ".5",
        "+1",
        "NaN",
        "\"a",
        "\"\\q\"",
        "\"\\u12\"",
        "{\"a\":1,\"a\":2}",
        "[] []",
        "{1:2}",
        "\"line\nbreak\"",
        "--1",
        "1e",
        "[1]x"
      })
  void whatIsNoJsonIsRefusedWithItsPlace(String text) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> Json.parse(text)).getMessage());
    assertTrue(message.contains("not JSON: found ") && message.contains(", expected "), message);
  }

  @Test
  void depthIsBounded() {
    assertThrows(IllegalArgumentException.class, () -> Json.parse("[".repeat(100_000)));
  }

  /** Whatever is cut off or changed is read or refused, and nothing else happens. */
  @Test
  void damageIsRefused() {
    String whole = "{\"a\": [1.5, true, null, \"t\\u0041\"], \"b\": {\"c\": -2e-3}}";
    var refused = new ArrayList<String>();
    for (int i = 0; i < whole.length(); i++) {
      for (String damaged :
          List.of(whole.substring(0, i), whole.substring(0, i) + "}" + whole.substring(i + 1))) {
        try {
          Json.parse(damaged);
        } catch (IllegalArgumentException e) {
          refused.add(damaged);
        }
      }
    }
    assertTrue(refused.size() > whole.length(), refused::toString);
  }
}

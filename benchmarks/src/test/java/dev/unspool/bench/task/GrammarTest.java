// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GrammarTest {
  /** Where no clause stands in between, agreement can be seen by a pattern. */
  private static final Pattern AGREES =
      Pattern.compile(
          "((the|one) ([a-z]+ )?[a-z]+[^s ] [a-z]+s|(the|some) ([a-z]+ )?[a-z]+s [a-z]+[^s ])\\b.*");

  @Test
  void theSameSeedSaysTheSame() {
    assertEquals(new Grammar(5).upTo(2000).text(), new Grammar(5).upTo(2000).text());
    assertNotEquals(new Grammar(5).upTo(2000).text(), new Grammar(6).upTo(2000).text());
  }

  @Test
  void aTextEndsWithItsSentence() {
    String text = new Grammar(1).upTo(500).text();
    assertTrue(text.length() >= 500, text);
    assertTrue(text.endsWith(".\n"), text);
    assertTrue(text.chars().allMatch(c -> c == '\n' || c >= ' ' && c <= 'z'), text);
  }

  @Test
  void verbsAgreeWithTheirNouns() {
    List<String> simple =
        new Grammar(1).upTo(100_000).text().lines().filter(line -> !line.contains("that")).toList();
    assertTrue(simple.size() > 100, "found " + simple.size());
    for (String sentence : simple) {
      assertTrue(AGREES.matcher(sentence).matches(), sentence);
    }
  }

  /**
   * What the choices take is what an ideal reader needs, who knows the probability of each
   * sentence: for short sentences, often enough repeated, it is seen in how often they come.
   */
  @Test
  void bitsAreThoseOfTheSentences() {
    // the|some, no adjective, one of ten nouns, no clause; intransitive, one of six, no adverb.
    double bits = 1 + 1 - log2(0.7) + log2(10) - log2(0.75) + 1 + log2(6) - log2(0.7);
    String text = new Grammar(2).upTo(4_000_000).text();
    long found = text.lines().filter("the dogs sleep."::equals).count();
    double expected = text.lines().count() * Math.pow(2, -bits);
    assertEquals(expected, found, 5 * Math.sqrt(expected));
    double perSentence = new Grammar(3).upTo(1).bitsPerCharacter();
    assertTrue(perSentence > 0 && perSentence < 2, "found " + perSentence);
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }
}

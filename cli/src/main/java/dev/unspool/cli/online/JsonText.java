// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.data.NumberText;
import java.util.Arrays;

/** Takes JSON in bytes apart, token by token (RFC 8259), without making objects of it. */
final class JsonText {
  private static final int DEEPEST = 64;

  private byte[] text = new byte[0];
  private int begin;
  private int at;
  private int to;

  /** The token that was read last; of a string what it says. */
  private byte[] token = new byte[0];

  private int tokenFrom;
  private int tokenTo;
  private byte[] unescaped = new byte[64];

  /** What a value is. */
  enum Kind {
    STRING("a text"),
    NUMBER("a number"),
    TRUE("true"),
    FALSE("false"),
    NULL("null"),
    OBJECT("an object"),
    LIST("a list");

    private final String described;

    Kind(String described) {
      this.described = described;
    }

    String described() {
      return described;
    }
  }

  /** It is no JSON: why, and where. */
  static final class Malformed extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /** Begins with a text, which is well-formed UTF-8. */
  void over(byte[] newText, int from, int end) {
    text = newText;
    begin = from;
    at = from;
    to = end;
  }

  /** Takes one sign that must be there, after blanks. */
  void expect(char sign, String what) throws Malformed {
    if (!skips(sign)) {
      throw expected(what);
    }
  }

  /** Takes a sign if it is there, after blanks. */
  boolean skips(char sign) {
    skipBlanks();
    if (at < to && text[at] == sign) {
      at++;
      return true;
    }
    return false;
  }

  /** Refuses anything that is left. */
  void requireEnd() throws Malformed {
    skipBlanks();
    if (at < to) {
      throw expected("the end of the line");
    }
  }

  /** Takes a string. */
  void string() throws Malformed {
    skipBlanks();
    if (at == to || text[at] != '"') {
      throw expected("a text in quotes");
    }
    int from = ++at;
    while (at < to && text[at] != '"' && text[at] != '\\') {
      requirePrintable();
      at++;
    }
    if (at < to && text[at] == '"') {
      token(text, from, at++);
      return;
    }
    int length = at - from;
    room(length);
    System.arraycopy(text, from, unescaped, 0, length);
    while (at < to && text[at] != '"') {
      requirePrintable();
      room(length + 4);
      if (text[at] == '\\') {
        length = escape(length);
      } else {
        unescaped[length++] = text[at++];
      }
    }
    if (at == to) {
      throw expected("the end of a text");
    }
    at++;
    token(unescaped, 0, length);
  }

  private void token(byte[] bytes, int from, int end) {
    token = bytes;
    tokenFrom = from;
    tokenTo = end;
  }

  private void room(int length) {
    if (length > unescaped.length) {
      unescaped = Arrays.copyOf(unescaped, 2 * length);
    }
  }

  private void requirePrintable() throws Malformed {
    if (text[at] >= 0 && text[at] < ' ') {
      throw expected("no control character in a text");
    }
  }

  private int escape(int length) throws Malformed {
    at++;
    byte sign = at < to ? text[at] : 0;
    char one =
        switch (sign) {
          case '"', '\\', '/' -> (char) sign;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> 0;
          default -> throw expected("an escape of JSON");
        };
    if (sign != 'u') {
      at++;
      unescaped[length] = (byte) one;
      return length + 1;
    }
    char high = unit();
    String letter;
    if (Character.isHighSurrogate(high) && at + 1 < to && text[at] == '\\' && text[at + 1] == 'u') {
      at++;
      char low = unit();
      if (!Character.isLowSurrogate(low)) {
        throw expected("the second half of a letter");
      }
      letter = new String(new char[] {high, low});
    } else if (Character.isSurrogate(high)) {
      throw expected("both halves of a letter");
    } else {
      letter = String.valueOf(high);
    }
    byte[] bytes = letter.getBytes(UTF_8);
    System.arraycopy(bytes, 0, unescaped, length, bytes.length);
    return length + bytes.length;
  }

  /** Four hexadecimal digits behind a u. */
  private char unit() throws Malformed {
    int value = 0;
    for (int digit = 1; digit <= 4; digit++) {
      int hex = at + digit < to ? Character.digit(text[at + digit], 16) : -1;
      if (hex < 0) {
        throw expected("four hexadecimal digits");
      }
      value = 16 * value + hex;
    }
    at += 5;
    return (char) value;
  }

  /** Takes a value and says what it is. */
  Kind value() throws Malformed {
    return value(0);
  }

  /** Takes a value that nobody asks for. */
  void skipValue() throws Malformed {
    Kind _ = value(0);
  }

  private Kind value(int depth) throws Malformed {
    skipBlanks();
    byte first = at < to ? text[at] : 0;
    switch (first) {
      case '"' -> {
        string();
        return Kind.STRING;
      }
      case '{' -> {
        deeper(depth, '}', true);
        return Kind.OBJECT;
      }
      case '[' -> {
        deeper(depth, ']', false);
        return Kind.LIST;
      }
      case 't' -> {
        word("true");
        return Kind.TRUE;
      }
      case 'f' -> {
        word("false");
        return Kind.FALSE;
      }
      case 'n' -> {
        word("null");
        return Kind.NULL;
      }
      default -> {
        takeNumber();
        return Kind.NUMBER;
      }
    }
  }

  private void deeper(int depth, char end, boolean isObject) throws Malformed {
    if (depth == DEEPEST) {
      throw expected("at most %s levels".formatted(DEEPEST));
    }
    at++;
    if (skips(end)) {
      return;
    }
    do {
      if (isObject) {
        string();
        expect(':', "a colon");
      }
      Kind _ = value(depth + 1);
    } while (skips(','));
    expect(end, "a comma or '%s'".formatted(end));
  }

  private void word(String word) throws Malformed {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= to || text[at + i] != word.charAt(i)) {
        throw expected("a value");
      }
    }
    at += word.length();
  }

  private void takeNumber() throws Malformed {
    int from = at;
    int end = at;
    if (end < to && text[end] == '-') {
      end++;
    }
    int whole = digits(end);
    if (whole == end || (text[end] == '0' && whole > end + 1)) {
      throw expected("a value");
    }
    end = whole;
    if (end < to && text[end] == '.') {
      int decimals = digits(end + 1);
      if (decimals == end + 1) {
        throw expected("a value");
      }
      end = decimals;
    }
    if (end < to && (text[end] == 'e' || text[end] == 'E')) {
      int sign = end + 1 < to && (text[end + 1] == '+' || text[end + 1] == '-') ? 1 : 0;
      int exponent = digits(end + 1 + sign);
      if (exponent == end + 1 + sign) {
        throw expected("a value");
      }
      end = exponent;
    }
    at = end;
    token(text, from, end);
  }

  private int digits(int from) {
    int end = from;
    while (end < to && text[end] >= '0' && text[end] <= '9') {
      end++;
    }
    return end;
  }

  /** The number that was taken last, infinite if a double cannot hold it. */
  double number() {
    return NumberText.parse(token, tokenFrom, tokenTo, '.');
  }

  /** What the string that was taken last says, or how the number is written. */
  String text() {
    return new String(token, tokenFrom, tokenTo - tokenFrom, UTF_8);
  }

  /** Whether the string that was taken last says that. */
  boolean isText(byte[] other) {
    return Arrays.equals(token, tokenFrom, tokenTo, other, 0, other.length);
  }

  private void skipBlanks() {
    while (at < to
        && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')) {
      at++;
    }
  }

  private Malformed expected(String what) {
    return new Malformed("no JSON at byte %s, expected %s".formatted(at - begin + 1, what));
  }
}

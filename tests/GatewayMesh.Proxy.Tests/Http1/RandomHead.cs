using System.Text;

namespace GatewayMesh.Proxy.Tests.Http1;

/// <summary>Well-formed request heads, as their writer would write them: one space behind each colon.</summary>
internal static class RandomHead
{
    private const string Token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly string[] Names = ["Accept", "cookie", "USER-AGENT", "X-Forwarded-For", "via", "traceparent", "Content-Type"];

    public static string Write(Random random)
    {
        var text = new StringBuilder();
        text.Append(Word(random, Token, 1, 10)).Append(" /").Append(Characters(random, '!', '~', random.Next(60)).Replace("#", "%23"));
        text.Append(random.Next(8) == 0 ? " HTTP/1.1\r\nhost: [::1]:80\r\n" : " HTTP/1.1\r\nHost: a.example\r\n");
        for (var count = random.Next(12); count > 0; count--)
        {
            var name = random.Next(2) == 0 ? Names[random.Next(Names.Length)] : "x" + Word(random, Token, 1, 20);
            text.Append(name).Append(": ").Append(Value(random)).Append("\r\n");
        }

        return text.Replace("CONNECT ", "POST ").Append("\r\n").ToString();
    }

    // Visible at both ends; blanks, tabs, and bytes beyond ASCII between.
    private static string Value(Random random) => random.Next(6) switch
    {
        0 => "",
        1 => Characters(random, '!', '~', random.Next(1, 300)),
        2 => Characters(random, '\u0080', '\u00FF', random.Next(1, 30)),
        _ => "a" + Characters(random, ' ', '~', random.Next(40)) + "\t" + "z",
    };

    private static string Word(Random random, string alphabet, int least, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(least, most)).Select(_ => alphabet[random.Next(alphabet.Length)]));

    private static string Characters(Random random, char first, char last, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => (char)random.Next(first, last + 1)));
}

using System.Globalization;
using System.Text;

namespace GatewayMesh.Configuration.Filters;

/// <summary>Unquotes a double-quoted text as Go does (<c>strconv.Unquote</c>).</summary>
internal static class GoString
{
    private static readonly (char Letter, char Means)[] Letters = [
        ('a', '\a'), ('b', '\b'), ('f', '\f'), ('n', '\n'), ('r', '\r'), ('t', '\t'), ('v', '\v'), ('\\', '\\'), ('"', '"')];

    /// <summary>Returns the text, or null when it contains a line feed or an invalid escape.</summary>
    public static string? Unquote(string inside)
    {
        var bytes = new List<byte>(inside.Length);
        for (var i = 0; i < inside.Length;)
        {
            if (inside[i] == '\n')
            {
                return null;
            }

            if (inside[i] != '\\')
            {
                var length = char.IsSurrogatePair(inside, i) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(inside, i, length));
                i += length;
            }
            else if (i + 1 >= inside.Length || Escape(inside, ref i, bytes) == false)
            {
                return null;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static bool Escape(string inside, ref int i, List<byte> bytes)
    {
        var letter = inside[i + 1];
        foreach (var (known, means) in Letters)
        {
            if (known == letter)
            {
                bytes.Add((byte)means);
                i += 2;
                return true;
            }
        }

        if (letter is >= '0' and <= '7')
        {
            var octal = i + 3 < inside.Length && inside.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0
                ? Convert.ToInt32(inside.Substring(i + 1, 3), 8)
                : 256;
            bytes.Add((byte)octal);
            i += 4;
            return octal < 256;
        }

        var digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0
            || i + 2 + digits > inside.Length
            || !uint.TryParse(inside.AsSpan(i + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            return false;
        }

        i += 2 + digits;
        if (digits == 2)
        {
            bytes.Add((byte)code);
            return true;
        }

        if (!Rune.IsValid(code))
        {
            return false;
        }

        bytes.AddRange(Encoding.UTF8.GetBytes(new Rune(code).ToString()));
        return true;
    }
}

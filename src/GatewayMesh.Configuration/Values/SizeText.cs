using System.Globalization;

namespace GatewayMesh.Configuration.Values;

/// <summary>Sizes in text form: <c>512</c> or <c>512B</c>, <c>64KiB</c>, <c>10MiB</c>, <c>1GiB</c>.</summary>
public static class SizeText
{
    private static readonly (string Unit, long Bytes)[] Units = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>Reads a size in bytes; false when the text is invalid or the size exceeds a long.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var number = digits < 0 ? text : text[..digits];
        var unit = digits < 0 ? "B" : text[digits..];
        var (_, size) = Array.Find(Units, candidate => candidate.Unit == unit);
        if (size == 0
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > long.MaxValue / size)
        {
            return false;
        }

        bytes = count * size;
        return true;
    }

    /// <summary>Writes a size in its largest whole unit.</summary>
    public static string Format(long bytes)
    {
        var (unit, size) = bytes == 0 ? ("B", 1L) : Array.Find(Units, candidate => bytes % candidate.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{unit}");
    }
}

using System.Globalization;
using System.Text;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Yaml;

/// <summary>Decodes bytes to text. Refuses input that a YAML scanner would silently misread.</summary>
internal static class YamlText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text, without a byte order mark; null after an error.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, string name, ConfigErrors errors, int most)
    {
        if (bytes.Length > most)
        {
            errors.Add(TooLarge(name, most));
            return null;
        }

        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[3..];
        }

        if (bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..])
        {
            errors.Add(new SourceLocation(name, 1, 1), "", "is UTF-16", "save it as UTF-8");
            return null;
        }

        return IsReadable(bytes, name, errors) ? Strict.GetString(bytes) : null;
    }

    /// <summary>The error for a file or value of more than <paramref name="most"/> bytes, which is not read.</summary>
    public static ConfigError TooLarge(string name, int most) =>
        new(new SourceLocation(name, 1, 1), "", $"is larger than {most / 1024}KiB", "split it into several files or entries");

    /// <summary>The first line (from 1) with a tab in its indentation, or null.</summary>
    public static int? FindTabIndent(string text)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line[..^line.TrimStart(" \t").Length].Contains('\t'))
            {
                return number;
            }
        }

        return null;
    }

    private static bool IsReadable(ReadOnlySpan<byte> bytes, string name, ConfigErrors errors)
    {
        var bad = InvalidAt(bytes);
        if (bad >= 0)
        {
            errors.Add(
                Locate(bytes, bad, name),
                "",
                string.Create(CultureInfo.InvariantCulture, $"is not UTF-8: byte 0x{bytes[bad]:x2} at offset {bad}"),
                "save it as UTF-8");
            return false;
        }

        // The scanner takes NUL for the end of the file and would silently drop the rest.
        bad = bytes.IndexOfAnyInRange((byte)0, (byte)8);
        if (bad >= 0)
        {
            errors.Add(Locate(bytes, bad, name), "",
                string.Create(CultureInfo.InvariantCulture, $"contains a control character: byte 0x{bytes[bad]:x2} at offset {bad}"),
                "remove it, and check that the file is complete and is text");
            return false;
        }

        return true;
    }

    private static int InvalidAt(ReadOnlySpan<byte> bytes)
    {
        var offset = 0;
        while (offset < bytes.Length)
        {
            if (bytes[offset] < 0x80)
            {
                var ascii = bytes[offset..].IndexOfAnyInRange((byte)0x80, (byte)0xff);
                offset = ascii < 0 ? bytes.Length : offset + ascii;
                continue;
            }

            if (Rune.DecodeFromUtf8(bytes[offset..], out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                return offset;
            }

            offset += length;
        }

        return -1;
    }

    private static SourceLocation Locate(ReadOnlySpan<byte> bytes, int offset, string name)
    {
        var before = bytes[..offset];
        return new SourceLocation(name, before.Count((byte)'\n') + 1, offset - before.LastIndexOf((byte)'\n'));
    }
}

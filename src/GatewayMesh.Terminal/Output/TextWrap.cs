namespace GatewayMesh.Terminal.Output;

/// <summary>Text broken into lines between words.</summary>
public static class TextWrap
{
    /// <summary>Width when the output is no terminal: lines are not broken there.</summary>
    public const int None = int.MaxValue;

    /// <summary>
    /// Breaks <paramref name="text"/> into lines of at most <paramref name="width"/> columns. The first line begins with
    /// <paramref name="indent"/>, the following ones with the same indent and two more spaces. A word longer than a line gets a line of its own.
    /// </summary>
    public static IEnumerable<string> Lines(string text, int width, string indent = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = indent;
        var isEmpty = true;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = indent + "  ";
                isEmpty = true;
            }

            line = isEmpty ? line + word : $"{line} {word}";
            isEmpty = false;
        }

        yield return line;
    }
}

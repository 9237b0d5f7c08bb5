namespace GatewayMesh.Terminal.Output;

/// <summary>Colors for terminals. Off without a terminal and when <c>NO_COLOR</c> is set (no-color.org).</summary>
public readonly struct Paint(bool isOn)
{
    /// <summary>Colors off.</summary>
    public static Paint Off { get; } = new(false);

    /// <summary>True when colors are on.</summary>
    public bool IsOn => isOn;

    /// <summary>Returns the colors for <paramref name="output"/>.</summary>
    public static Paint For(TextWriter output) =>
        new(IsTerminal(output) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    /// <summary>True when <paramref name="output"/> is this process's terminal and it understands escape sequences.</summary>
    public static bool IsTerminal(TextWriter output) =>
        ReferenceEquals((output as SafeWriter)?.Inner ?? output, Console.Out)
            && !Console.IsOutputRedirected
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Length of our escape sequence at the start of <paramref name="text"/>; 0 when there is none.</summary>
    public static int SequenceAt(ReadOnlySpan<char> text)
    {
        foreach (var sequence in (ReadOnlySpan<string>)["\e[0m", "\e[1m", "\e[2m", "\e[31m", "\e[32m", "\e[33m"])
        {
            if (text.StartsWith(sequence, StringComparison.Ordinal))
            {
                return sequence.Length;
            }
        }

        return 0;
    }

    /// <summary>Returns <paramref name="text"/> in the color of <paramref name="style"/>.</summary>
    public string Text(string text, TextStyle style)
    {
        var code = style switch
        {
            TextStyle.Good => "32",
            TextStyle.Warn => "33",
            TextStyle.Bad => "31",
            TextStyle.Faint => "2",
            TextStyle.Strong => "1",
            _ => null,
        };
        return isOn && code is not null && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
    }
}

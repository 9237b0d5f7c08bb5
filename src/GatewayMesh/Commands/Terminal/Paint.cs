namespace GatewayMesh.Commands.Terminal;

/// <summary>Colours, where there is somebody to see them: on a terminal, unless <c>NO_COLOR</c> is set (no-color.org).</summary>
internal readonly struct Paint(bool isOn)
{
    /// <summary>Never colours.</summary>
    public static Paint Off { get; } = new(false);

    /// <summary>Colours are on.</summary>
    public bool IsOn => isOn;

    /// <summary>How to write to <paramref name="output"/>.</summary>
    public static Paint For(TextWriter output) =>
        new(IsTerminal(output) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    /// <summary>True when <paramref name="output"/> is this process's terminal and it understands escape sequences.</summary>
    public static bool IsTerminal(TextWriter output) =>
        ReferenceEquals((output as SafeWriter)?.Inner ?? output, Console.Out) && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Length of the sequence of ours that <paramref name="text"/> begins with; 0 when it begins with none.</summary>
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

    /// <summary><paramref name="text"/> in the colour of <paramref name="hue"/>.</summary>
    public string Text(string text, Hue hue)
    {
        var code = hue switch
        {
            Hue.Good => "32",
            Hue.Warn => "33",
            Hue.Bad => "31",
            Hue.Faint => "2",
            Hue.Strong => "1",
            _ => null,
        };
        return isOn && code is not null && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
    }
}

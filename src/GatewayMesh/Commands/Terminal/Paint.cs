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
        ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

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

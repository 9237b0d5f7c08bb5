namespace GatewayMesh.Terminal.Output;

/// <summary>Meaning of a piece of text. A terminal shows it as a color.</summary>
public enum TextStyle
{
    /// <summary>No special meaning.</summary>
    Plain,

    /// <summary>Good.</summary>
    Good,

    /// <summary>Warning.</summary>
    Warn,

    /// <summary>Broken.</summary>
    Bad,

    /// <summary>Less important.</summary>
    Faint,

    /// <summary>A heading.</summary>
    Strong,
}

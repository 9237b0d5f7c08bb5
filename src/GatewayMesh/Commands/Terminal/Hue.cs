namespace GatewayMesh.Commands.Terminal;

/// <summary>What a piece of text means; a terminal shows it as a colour.</summary>
internal enum Hue
{
    /// <summary>No meaning of its own.</summary>
    Plain,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, but look at it.</summary>
    Warn,

    /// <summary>Broken.</summary>
    Bad,

    /// <summary>Less important.</summary>
    Faint,

    /// <summary>A heading.</summary>
    Strong,
}

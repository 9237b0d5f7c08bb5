namespace GatewayMesh.Commands.Check;

/// <summary>The outcome of one check.</summary>
/// <param name="Mark">Outcome.</param>
/// <param name="Subject">Subject of the check, in a word or two.</param>
/// <param name="Text">Description of the finding.</param>
/// <param name="Fix">Fix, as an imperative; null when none is needed.</param>
internal sealed record Finding(Mark Mark, string Subject, string Text, string? Fix = null)
{
    /// <summary>Creates the finding of a passed check.</summary>
    public static Finding Well(string subject, string text) => new(Mark.Well, subject, text);
}

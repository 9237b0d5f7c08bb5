namespace GatewayMesh.Commands.Check;

/// <summary>The outcome of one check.</summary>
/// <param name="Mark">How it went.</param>
/// <param name="Subject">What was checked, in a word or two.</param>
/// <param name="Text">What was found.</param>
/// <param name="Fix">What to do about it; null when nothing needs doing.</param>
internal sealed record Finding(Mark Mark, string Subject, string Text, string? Fix = null)
{
    /// <summary>A check that found nothing wrong.</summary>
    public static Finding Well(string subject, string text) => new(Mark.Well, subject, text);
}

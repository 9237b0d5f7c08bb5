using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Status;

/// <summary>What an admin address said.</summary>
/// <param name="Status">HTTP status, or 0 when there was no answer.</param>
/// <param name="Body">The body.</param>
/// <param name="Failure">Why there was no answer, in words.</param>
internal sealed record AdminAnswer(int Status, string Body, string? Failure)
{
    /// <summary>The body on one line, without what a terminal obeys.</summary>
    public string Words => SafeText.OneLine(Body.Trim());

    /// <summary>An answer that says yes.</summary>
    public bool IsWell => Status is >= 200 and < 300;
}

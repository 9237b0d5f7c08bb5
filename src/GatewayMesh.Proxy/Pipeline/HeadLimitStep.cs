using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Listeners;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Rejects a head beyond <c>limits</c>: 414 for the request line, 431 for the fields. Listeners for mesh peers allow more, so that fields
/// added by the previous hop do not cause the rejection of a valid client request.
/// </summary>
internal sealed class HeadLimitStep(LimitsSpec limits) : IStep
{
    // " " between method and target, " HTTP/1.1", and the line end.
    private const int LineRest = 12;

    // ": " and the line end.
    private const int FieldRest = 4;

    private static readonly string Line = "limits.maxRequestLineSize";
    private static readonly string Count = "limits.maxRequestHeaderCount";
    private static readonly string Size = "limits.maxRequestHeadersTotalSize";

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var isFromMesh = exchange.Behavior.FromMeshPeer;
        var head = exchange.Head;
        if (
            head.Method.Length + head.Target.Length + LineRest > limits.MaxRequestLineSize + (
                isFromMesh ? HeadBounds.MeshLine : 0))
        {
            return Verdict.Fail(MeshErrorKind.RequestLineTooLong, Line);
        }

        // X-Request-Id is present once by now.
        var lines = head.Fields.Count - 1;
        var bytes = -(RequestIdStep.Field.Length + exchange.RequestId.Length + FieldRest);
        foreach (var field in head.Fields.Lines)
        {
            bytes += field.Length + FieldRest;
        }

        return lines > limits.MaxRequestHeaderCount + (isFromMesh ? HeadBounds.MeshFields : 0) ? Verdict.Fail(
            MeshErrorKind.RequestFieldsTooLarge, Count)
            : bytes > limits.MaxRequestHeadersTotalSize + (isFromMesh ? HeadBounds.MeshBytes : 0) ? Verdict.Fail(
                MeshErrorKind.RequestFieldsTooLarge, Size)
            : Verdict.Next;
    }
}

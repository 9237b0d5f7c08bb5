using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Listeners;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Rejects a head beyond <c>limits</c>: 414 for the request line, 431 for the fields. Listeners for mesh peers allow more, so that fields
/// added by the previous hop do not cause the rejection of a valid client request.
/// </summary>
internal sealed class HeadLimitStep(LimitsSpec limits) : IStep
{
    // " " between method and target, " HTTP/1.1", and the line end.
    private const int LineRest = 12;

    private static readonly string Line = "limits.maxRequestLineSize";
    private static readonly string Count = "limits.maxRequestHeaderCount";
    private static readonly string Size = "limits.maxRequestHeadersTotalSize";

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var isFromMesh = exchange.Behaviour.FromMeshPeer;
        var target = exchange.Http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (
            exchange.Http.Request.Method.Length + target.Length + LineRest > limits.MaxRequestLineSize + (
                isFromMesh ? HeadBounds.MeshLine : 0))
        {
            return Verdict.Fail(MeshErrorKind.RequestLineTooLong, Line);
        }

        var (lines, bytes) = exchange.Fields.Measure(exchange.Http.Request.Headers);
        lines--; // X-Request-Id, which is present once by now
        bytes -= RequestIdStep.Field.Length + exchange.RequestId.Length + FieldMeasure.LineRest;
        return lines > limits.MaxRequestHeaderCount + (isFromMesh ? HeadBounds.MeshFields : 0) ? Verdict.Fail(
            MeshErrorKind.RequestFieldsTooLarge, Count)
            : bytes > limits.MaxRequestHeadersTotalSize + (isFromMesh ? HeadBounds.MeshBytes : 0) ? Verdict.Fail(
                MeshErrorKind.RequestFieldsTooLarge, Size)
            : Verdict.Next;
    }
}

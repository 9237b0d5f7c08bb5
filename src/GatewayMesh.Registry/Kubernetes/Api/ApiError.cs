using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>
/// A request that did not succeed. Decide by <see cref="Code"/> and <see cref="Reason"/>. The API server answers with a Status object or,
/// for unknown paths and flow control, with plain text.
/// </summary>
/// <param name="Code">HTTP status; 0: no answer.</param>
/// <param name="Reason">Reason in one word, such as <c>Conflict</c>; empty for plain text.</param>
/// <param name="Message">Description, one line.</param>
public sealed record ApiError(int Code, string Reason, string Message)
{
    /// <summary>Reason of an error without an answer: the server could not be reached, or the connection broke.</summary>
    public const string Unreachable = "Unreachable";

    /// <summary>Reason of an error without an answer in time.</summary>
    public const string NoAnswer = "NoAnswer";

    /// <summary>Reason of an answer that is too large or not the JSON of the kind.</summary>
    public const string Unreadable = "Unreadable";

    // A message may quote a whole object.
    private const int Longest = 2048;

    /// <summary>All causes. Default: none.</summary>
    public ImmutableArray<StatusCause> Causes { get; init; } = [];

    /// <summary>Time to wait before the next try. Default: null, not said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Id of the request in the audit log of the cluster. Default: null, no answer.</summary>
    public string? AuditId { get; init; }

    /// <summary>True if the answer is a Status object, not plain text. A kind that is not installed is 404 in plain text.</summary>
    public bool IsStatus { get; init; }

    /// <summary>One line for people: status, message, audit id.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        if (Code > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Code} ");
        }

        text.Append(Message);
        return (AuditId is null ? text : text.Append(CultureInfo.InvariantCulture, $" (audit id {AuditId})")).ToString();
    }

    /// <summary>The error of a Status object.</summary>
    internal static ApiError Of(Status status, int code) =>
        new(status.Code > 0 ? status.Code : code, status.Reason, OneLine(status.Message))
        {
            Causes = [.. status.Details.Causes],
            RetryAfter = status.Details.RetryAfterSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
            IsStatus = true,
        };

    /// <summary>Shortens untrusted text to one line.</summary>
    internal static string OneLine(string text)
    {
        var line = text.Trim().ReplaceLineEndings(" ");
        return line.Length > Longest ? $"{line[..Longest]}…" : line;
    }
}

namespace GatewayMesh.Configuration.Headers;

/// <summary>Compiled changes to the fields of requests and of their responses.</summary>
/// <param name="Request">Changes to requests; null for none.</param>
/// <param name="Response">Changes to responses; null for none.</param>
public sealed record FieldEdits(FieldEdit? Request, FieldEdit? Response)
{
    /// <summary>Compiles declared changes; null if nothing changes.</summary>
    public static FieldEdits? Of(HeaderChanges? request, HeaderChanges? response) =>
        request is null && response is null ? null : new FieldEdits(FieldEdit.Of(request), FieldEdit.Of(response));

    /// <summary>Returns edits that make <paramref name="first"/> and then <paramref name="second"/>.</summary>
    public static FieldEdits? Join(FieldEdits? first, FieldEdits? second) =>
        first is null ? second
        : second is null ? first
        : new FieldEdits(FieldEdit.Join(first.Request, second.Request), FieldEdit.Join(first.Response, second.Response));
}

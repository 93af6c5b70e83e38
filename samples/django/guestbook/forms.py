from django import forms


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Your note",
        max_length=280,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "I was here, and it was good."}),
    )
    name = forms.CharField(
        label="Your name", max_length=40, widget=forms.TextInput(attrs={"placeholder": "Ada"})
    )

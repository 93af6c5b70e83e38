import streamlit as st

st.navigation([st.Page("views/one.py", title="One"), st.Page("views/two.py", title="Two")]).run()
